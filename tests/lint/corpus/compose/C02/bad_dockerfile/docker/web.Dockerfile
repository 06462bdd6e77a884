FROM python:3.12
CMD ["gunicorn", "--graceful-timeout=60", "app"]
