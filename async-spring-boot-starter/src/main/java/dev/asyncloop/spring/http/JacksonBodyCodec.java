package dev.asyncloop.spring.http;

import dev.asyncloop.http.BodyCodec;
import java.lang.reflect.Type;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bodies as JSON, on the application's {@code JsonMapper}.
 */
public final class JacksonBodyCodec implements BodyCodec {

    private final JsonMapper mapper;

    /** Makes a codec on this mapper. */
    public JacksonBodyCodec(JsonMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public byte[] encode(Object value) {
        return mapper.writeValueAsBytes(value);
    }

    @Override
    public Object decode(byte[] body, Type type) {
        return mapper.readValue(body, mapper.constructType(type));
    }
}
