package dev.asyncloop.spring.web;

import dev.asyncloop.spring.server.ServedResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.Encoder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * How a handler's bodies of a type are written for clients that accept the same: found once, and the same for all of them.
 * @param entity whether it is the body of a {@code ResponseEntity}
 * @param accepted by the client
 * @param producible what the mapping says that the handler produces, if it says something
 * @param encoding null if such a body is not for here
 */
record DirectAnswer(
        Class<?> type,
        boolean entity,
        List<MediaType> accepted,
        @Nullable Set<MediaType> producible,
        @Nullable Encoding encoding) {

    boolean isFor(Class<?> type, boolean entity, List<MediaType> accepted, @Nullable Set<MediaType> producible) {
        return this.type == type
                && this.entity == entity
                && (this.accepted == accepted || this.accepted.equals(accepted))
                && areSame(this.producible, producible);
    }

    /** In their order, too: it decides between those that fit equally well. */
    private static boolean areSame(@Nullable Set<MediaType> one, @Nullable Set<MediaType> other) {
        return one == null || other == null ? one == other : List.copyOf(one).equals(List.copyOf(other));
    }

    /**
     * What makes bytes of bodies.
     * @param log what a log at level debug says, this does not
     */
    record Encoding(
            Encoder<Object> encoder, ResolvableType type, MediaType mediaType, Map<String, Object> hints, Log log) {

        /** Returns a body as bytes, and gives the response their type. */
        DataBuffer encode(Object body, ServerHttpResponse response) {
            response.getHeaders().set(HttpHeaders.CONTENT_TYPE, mediaType.toString());
            DataBufferFactory buffers =
                    response instanceof ServedResponse served ? served.wholeBuffers() : response.bufferFactory();
            return encoder.encodeValue(body, buffers, type, mediaType, hints);
        }
    }
}
