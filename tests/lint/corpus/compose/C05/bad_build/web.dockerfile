FROM debian:12
COPY server /usr/bin/
