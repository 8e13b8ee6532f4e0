"""The greeting as a Flask application: run as a script it is served by Flask's own server, and gunicorn imports `app`.

Argument: the port. Threads are on, as `flask run` has them. The log line per request is off: it would cost a tenth.
"""

import logging
import sys

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/api/v1/resource")
def resource():
    return jsonify(message="Hello, World!")


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
