"""The stock consumer: pika_receive.py AMQP_URL. Runs until it is killed."""
import sys

import pika


def callback(channel, method, properties, body):
    print(f"received {body.decode()}")


connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.queue_declare(queue="hello")
channel.basic_consume(queue="hello", auto_ack=True, on_message_callback=callback)
print("waiting for messages")
channel.start_consuming()
