package dev.asyncloop.spring.http;

import dev.asyncloop.http.BodyWriter;
import java.io.OutputStream;

/** What is written here is a part of a request's body; waits until the connection has room. */
final class BodyOutputStream extends OutputStream {

    private final BodyWriter out;

    BodyOutputStream(BodyWriter out) {
        this.out = out;
    }

    @Override
    public void write(int b) {
        out.write(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        out.write(bytes, offset, length);
    }
}
