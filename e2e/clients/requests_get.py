"""A stock HTTP client: requests_get.py ORIGIN"""
import sys

import requests

answer = requests.get(
    f"{sys.argv[1]}/api/v1/resource",
    headers={"Authorization": "Bearer my-secret-token", "Accept": "application/json"},
    timeout=10,
)
answer.raise_for_status()
print(answer.status_code, answer.json())
