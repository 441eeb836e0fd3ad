package dev.asyncloop.spring.web.stream;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.Encoder;
import org.springframework.core.codec.EncodingException;
import org.springframework.core.codec.Hints;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.codec.EncoderHttpMessageWriter;
import org.springframework.http.codec.HttpMessageWriter;

/** Turns objects into JSON, with the application's own codec. */
final class JsonEncoding {

    private final Supplier<List<HttpMessageWriter<?>>> writers;

    JsonEncoding(Supplier<List<HttpMessageWriter<?>>> writers) {
        this.writers = writers;
    }

    /**
     * Returns an object as JSON in UTF-8.
     * @throws EncodingException if it can't be encoded
     */
    byte[] encode(Object value) {
        ResolvableType type = ResolvableType.forInstance(value);
        // Encoders for JSON leave strings to those for text.
        ResolvableType asked = value instanceof CharSequence ? ResolvableType.forClass(Object.class) : type;
        DataBuffer buffer = encoder(asked)
                .encodeValue(
                        value, DefaultDataBufferFactory.sharedInstance, type, MediaType.APPLICATION_JSON, Hints.none());
        try {
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            return bytes;
        } finally {
            DataBufferUtils.release(buffer);
        }
    }

    /** Returns an object as JSON on one line: in JSON, line breaks are only between the tokens. */
    byte[] encodeLine(Object value) {
        byte[] json = encode(value);
        byte[] line = new byte[json.length + 1];
        for (int i = 0; i < json.length; i++) {
            line[i] = json[i] == '\n' || json[i] == '\r' ? (byte) ' ' : json[i];
        }
        line[json.length] = '\n';
        return line;
    }

    String encodeToString(Object value) {
        return new String(encode(value), StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    private Encoder<Object> encoder(ResolvableType type) {
        for (HttpMessageWriter<?> writer : writers.get()) {
            if (writer instanceof EncoderHttpMessageWriter<?> own
                    && isForJson(own.getEncoder())
                    && own.getEncoder().canEncode(type, MediaType.APPLICATION_JSON)) {
                return (Encoder<Object>) own.getEncoder();
            }
        }
        throw new EncodingException("No codec makes JSON of " + type + "; is there a JSON library on the class path?");
    }

    /** Those for bytes, texts and resources would take anything as it is. */
    private static boolean isForJson(Encoder<?> encoder) {
        return encoder.getEncodableMimeTypes().stream()
                .anyMatch(type -> !type.isWildcardType() && type.isCompatibleWith(MediaType.APPLICATION_JSON));
    }
}
