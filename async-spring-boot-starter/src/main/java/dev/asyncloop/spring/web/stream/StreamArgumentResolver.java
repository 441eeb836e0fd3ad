package dev.asyncloop.spring.web.stream;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.result.method.SyncHandlerMethodArgumentResolver;
import org.springframework.web.server.MissingRequestValueException;
import org.springframework.web.server.ServerWebExchange;

/**
 * Makes the streams that handlers take as arguments, and {@link LastEventId}.
 */
public final class StreamArgumentResolver implements SyncHandlerMethodArgumentResolver {

    private final Supplier<ServerCodecConfigurer> codecs;

    private final JsonEncoding json;

    private final Duration heartbeat;

    private final EventStreams eventStreams;

    /**
     * Makes a resolver.
     * @param codecs the application's, asked for with each request
     * @param heartbeat the interval of {@link EventStream}s
     * @param eventStreams where these are counted
     */
    public StreamArgumentResolver(
            Supplier<ServerCodecConfigurer> codecs, Duration heartbeat, EventStreams eventStreams) {
        this.codecs = codecs;
        this.json = new JsonEncoding(() -> codecs.get().getWriters());
        this.heartbeat = heartbeat;
        this.eventStreams = eventStreams;
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        Class<?> type = parameter.nestedIfOptional().getNestedParameterType();
        return type == LastEventId.class
                || type == EventStream.class
                || type == ResponseStream.class
                || type == RequestStream.class;
    }

    @Override
    public @Nullable Object resolveArgumentValue(
            MethodParameter parameter, BindingContext bindingContext, ServerWebExchange exchange) {
        Class<?> type = parameter.nestedIfOptional().getNestedParameterType();
        if (type == LastEventId.class) {
            return lastEventId(parameter, exchange);
        }
        StreamedExchange streamed = StreamedExchange.of(exchange);
        ServerHttpResponse response = exchange.getResponse();
        if (type == RequestStream.class) {
            RequestStream in =
                    new RequestStream(exchange.getRequest(), () -> codecs.get().getReaders());
            streamed.readBy(in);
            return in;
        }
        if (type == EventStream.class) {
            EventStream out = new EventStream(response.getHeaders(), json, heartbeat, eventStreams);
            streamed.answeredBy(out);
            return out;
        }
        Set<MediaType> produced =
                exchange.getAttributeOrDefault(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE, Set.of());
        ResponseStream out = new ResponseStream(response.getHeaders(), json, List.copyOf(produced));
        streamed.answeredBy(out);
        return out;
    }

    private static @Nullable Object lastEventId(MethodParameter parameter, ServerWebExchange exchange) {
        LastEventId last = LastEventId.of(exchange.getRequest().getHeaders());
        if (parameter.getParameterType() == java.util.Optional.class) {
            return java.util.Optional.ofNullable(last);
        }
        if (last == null && !parameter.isOptional()) {
            throw new MissingRequestValueException(LastEventId.HEADER, LastEventId.class, "header", parameter);
        }
        return last;
    }
}
