// The official grpc-web client against a running server: unary and server streaming, in both modes, errors, cancel.
// Usage: node grpc_web_client.mjs http://HOST:PORT NAME
// Prints the greeting; fails when anything is not as it should be.
import assert from "node:assert/strict";
import protobuf from "google-protobuf";
import grpcWeb from "grpc-web";
import XMLHttpRequest from "xhr2";

// the client is made for browsers
globalThis.XMLHttpRequest = XMLHttpRequest;

const [address, name] = process.argv.slice(2);
const base = address.replace(/\/$/, "");

// what protoc-gen-js would write for the two messages of helloworld.proto
const encode = ({ name }) => {
  const writer = new protobuf.BinaryWriter();
  if (name) writer.writeString(1, name);
  return writer.getResultBuffer();
};
const decode = (bytes) => {
  const reader = new protobuf.BinaryReader(bytes);
  const reply = { message: "" };
  while (reader.nextField()) {
    if (reader.getFieldNumber() === 1) reply.message = reader.readString();
    else reader.skipField();
  }
  return reply;
};
const method = (method, type) =>
  new grpcWeb.MethodDescriptor(`/helloworld.Greeter/${method}`, type, Object, Object, encode, decode);
const SAY_HELLO = method("SayHello", grpcWeb.MethodType.UNARY);
const SAY_HELLO_STREAM_REPLY = method("SayHelloStreamReply", grpcWeb.MethodType.SERVER_STREAMING);
const SAY_GOODBYE = method("SayGoodbye", grpcWeb.MethodType.UNARY);

function unary(client, descriptor, request) {
  return new Promise((resolve, reject) => {
    const done = (error, reply) => (error ? reject(error) : resolve(reply));
    client.rpcCall(base + descriptor.getName(), request, {}, descriptor, done);
  });
}

function stream(client, request, metadata) {
  const url = base + SAY_HELLO_STREAM_REPLY.getName();
  return client.serverStreaming(url, request, metadata, SAY_HELLO_STREAM_REPLY);
}

function collected(call) {
  return new Promise((resolve, reject) => {
    const messages = [];
    call.on("data", ({ message }) => messages.push(message));
    call.on("error", reject);
    call.on("end", () => resolve(messages));
  });
}

for (const format of ["text", "binary"]) {
  const client = new grpcWeb.GrpcWebClientBase({ format });
  assert.equal((await unary(client, SAY_HELLO, { name })).message, `Hello, ${name}`);
  assert.equal((await unary(client, SAY_HELLO, {})).message, "Hello, World!");

  // INVALID_ARGUMENT and UNIMPLEMENTED
  await assert.rejects(unary(client, SAY_HELLO, { name: "x".repeat(201) }), { code: 3 });
  await assert.rejects(unary(client, SAY_GOODBYE, {}), { code: 12 });
}

// streams need the text mode
const client = new grpcWeb.GrpcWebClientBase({ format: "text" });
const shape = { "x-count": "3", "x-interval-ms": "1" };
assert.deepEqual(await collected(stream(client, { name: "雷" }, shape)), Array(3).fill("Hello, 雷"));
await assert.rejects(collected(stream(client, {}, { "x-count": "0" })), { code: 3 });

const late = { "x-count": "100", "x-interval-ms": "1000", deadline: String(Date.now() + 300) };
await assert.rejects(collected(stream(client, {}, late)), { code: 4 });

// nothing is waited for after a cancel: an answer that still came would keep this process from its end
const unwanted = stream(client, {}, { "x-count": "10000", "x-interval-ms": "100" });
setImmediate(() => unwanted.cancel());
console.log(`Hello, ${name}`);
