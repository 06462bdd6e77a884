# Put behind a FROM by whoever builds it.
ADD . /app/
RUN make -C /app
