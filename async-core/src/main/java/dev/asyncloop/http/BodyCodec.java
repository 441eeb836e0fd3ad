package dev.asyncloop.http;

import java.lang.reflect.Type;

/**
 * Turns objects into bodies and bodies into objects, as JSON. The starter brings one on the application's
 * {@code JsonMapper}. Called by any thread.
 */
public interface BodyCodec {

    /** Writes an object as JSON. */
    byte[] encode(Object value);

    /** Reads an object of this type from JSON. */
    Object decode(byte[] body, Type type);
}
