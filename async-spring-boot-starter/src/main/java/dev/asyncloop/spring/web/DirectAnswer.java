package dev.asyncloop.spring.web;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.Encoder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * How a handler's bodies of a type are written for clients that accept the same: found once, and the same for all of them.
 * @param accepted by the client
 * @param producible what the mapping says that the handler produces, if it says something
 * @param encoding null if such a body is not for here
 */
record DirectAnswer(
        Class<?> type,
        List<MediaType> accepted,
        @Nullable Set<MediaType> producible,
        @Nullable Encoding encoding) {

    boolean isFor(Class<?> type, List<MediaType> accepted, @Nullable Set<MediaType> producible) {
        return this.type == type
                && (this.accepted == accepted || this.accepted.equals(accepted))
                && Objects.equals(this.producible, producible);
    }

    /**
     * What makes bytes of bodies.
     * @param log what a log at level debug says, this does not
     */
    record Encoding(
            Encoder<Object> encoder, ResolvableType type, MediaType mediaType, Map<String, Object> hints, Log log) {

        /** Returns a body as bytes, and gives the response the headers for it. */
        DataBuffer encode(Object body, ServerHttpResponse response) {
            HttpHeaders headers = response.getHeaders();
            headers.set(HttpHeaders.CONTENT_TYPE, mediaType.toString());
            DataBuffer bytes = encoder.encodeValue(body, response.bufferFactory(), type, mediaType, hints);
            headers.setContentLength(bytes.readableByteCount());
            return bytes;
        }
    }
}
