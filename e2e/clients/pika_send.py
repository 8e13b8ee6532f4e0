"""The stock producer: pika_send.py AMQP_URL [BODY]"""
import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.queue_declare(queue="hello")
body = sys.argv[2] if len(sys.argv) > 2 else "Hello World!"
channel.basic_publish(exchange="", routing_key="hello", body=body)
print(f"sent {body}")
connection.close()
