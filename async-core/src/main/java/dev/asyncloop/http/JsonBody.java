package dev.asyncloop.http;

import dev.asyncloop.IOLoop;

/** An object that the client's codec writes, once for each fetch. */
record JsonBody(Object value) implements RequestBody {

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public RequestBody forAllAttempts(HttpClientOptions options) {
        return encode(options);
    }

    @Override
    public Sending open(IOLoop loop, HttpClientOptions options) {
        return encode(options);
    }

    private BytesBody encode(HttpClientOptions options) {
        BodyCodec codec = options.codec();
        if (codec == null) {
            throw new IllegalStateException("`json(..)` needs a BodyCodec: give the client one with"
                    + " HttpClientOptions.withCodec, or set a `body`");
        }
        return new BytesBody(codec.encode(value));
    }
}
