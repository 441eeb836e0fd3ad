package dev.asyncloop.spring.web;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.ResolvableTypeProvider;
import org.springframework.core.codec.Encoder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpLogging;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.EncoderHttpMessageWriter;
import org.springframework.http.codec.HttpMessageEncoder;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.result.HandlerResultHandlerSupport;
import org.springframework.web.reactive.result.method.annotation.ResponseBodyResultHandler;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityResultHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Encodes what coroutine handlers return without operators: as Spring's {@link ResponseBodyResultHandler} and
 * {@link ResponseEntityResultHandler} would, where these, the writer and the encoder are Spring's own, and do nothing but encode
 * a body. All else is for the result handlers.
 */
final class DirectAnswers extends HandlerResultHandlerSupport {

    private static final Log LOG = LogFactory.getLog(ResponseBodyResultHandler.class);

    private static final String SPRINGS = "org.springframework.web.reactive.";

    /** By name, as Jackson may be missing. */
    private static final Set<String> ENCODERS = Set.of(
            "org.springframework.core.codec.ByteArrayEncoder",
            "org.springframework.core.codec.CharSequenceEncoder",
            "org.springframework.http.codec.json.JacksonJsonEncoder");

    private static final List<String> CONDITIONS = List.of(
            HttpHeaders.IF_NONE_MATCH,
            HttpHeaders.IF_MODIFIED_SINCE,
            HttpHeaders.IF_MATCH,
            HttpHeaders.IF_UNMODIFIED_SINCE);

    private final HandlerResults results;

    private final ResponseBodyResultHandler standard;

    private DirectAnswers(HandlerResults results, ResponseBodyResultHandler standard) {
        super(standard.getContentTypeResolver(), standard.getAdapterRegistry());
        this.results = results;
        this.standard = standard;
    }

    /** Returns these for an application; {@code null} if another result handler may be asked before Spring's. */
    static @Nullable DirectAnswers of(HandlerResults results) {
        for (HandlerResultHandler handler : results.handlers()) {
            if (handler.getClass() == ResponseBodyResultHandler.class) {
                return new DirectAnswers(results, (ResponseBodyResultHandler) handler);
            }
            if (!handler.getClass().getName().startsWith(SPRINGS)) {
                return null;
            }
        }
        return null;
    }

    /** Returns what was returned as bytes, the response ready for them; {@code null} if that is not for here. */
    @Nullable
    DataBuffer encode(ServerWebExchange exchange, Returned returned) {
        ServerHttpResponse response = exchange.getResponse();
        if (LOG.isDebugEnabled()
                || response.isCommitted()
                || exchange.isNotModified()
                || hasType(response.getHeaders())) {
            return null;
        }
        ResponseEntity<?> entity = returned.value() instanceof ResponseEntity<?> whole ? whole : null;
        Object body = entity != null ? entity.getBody() : returned.value();
        if (body == null || entity != null && (isSpecial(entity) || isConditional(exchange.getRequest()))) {
            return null;
        }
        DirectAnswer.Encoding encoding = encoding(exchange, returned, body);
        if (encoding == null || encoding.log().isDebugEnabled()) {
            return null;
        }
        if (entity != null) {
            response.setStatusCode(entity.getStatusCode());
            response.getHeaders().putAll(entity.getHeaders());
        }
        return encoding.encode(body, response);
    }

    private static boolean hasType(HttpHeaders headers) {
        return headers.getFirst(HttpHeaders.CONTENT_TYPE) != null;
    }

    private static boolean isSpecial(ResponseEntity<?> entity) {
        HttpHeaders headers = entity.getHeaders();
        return entity.getClass() != ResponseEntity.class
                || !headers.isEmpty()
                        && (hasType(headers)
                                || headers.getFirst(HttpHeaders.ETAG) != null
                                || headers.getFirst(HttpHeaders.LAST_MODIFIED) != null);
    }

    private static boolean isConditional(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        for (String condition : CONDITIONS) {
            if (headers.getFirst(condition) != null) {
                return true;
            }
        }
        return false;
    }

    private DirectAnswer.@Nullable Encoding encoding(ServerWebExchange exchange, Returned returned, Object body) {
        List<MediaType> accepted;
        try {
            accepted = getContentTypeResolver().resolveMediaTypes(exchange);
        } catch (RuntimeException ex) { // the result handlers see it as well, and say what becomes of it
            return null;
        }
        Set<MediaType> producible = exchange.getAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE);
        DirectAnswer last = returned.handler().lastAnswer();
        boolean entity = returned.value() != body;
        if (last == null || !last.isFor(body.getClass(), entity, accepted, producible)) {
            DirectAnswer.Encoding encoding = look(exchange, returned, body, accepted);
            last = new DirectAnswer(body.getClass(), entity, accepted, producible, encoding);
            returned.handler().lastAnswer(last);
        }
        return last.encoding();
    }

    /** What fails here fails with the result handlers, too, where that is answered. */
    private DirectAnswer.@Nullable Encoding look(
            ServerWebExchange exchange, Returned returned, Object body, List<MediaType> accepted) {
        try {
            return find(exchange, returned, body, accepted);
        } catch (RuntimeException ex) {
            return null;
        }
    }

    private DirectAnswer.@Nullable Encoding find(
            ServerWebExchange exchange, Returned returned, Object body, List<MediaType> accepted) {
        HandlerResult result = returned.asResult();
        HandlerResultHandler handler = results.find(result);
        ResolvableType returnType = result.getReturnType();
        ResolvableType declared;
        List<HttpMessageWriter<?>> writers = standard.getMessageWriters();
        if (handler == standard) {
            declared = returnType;
        } else if (handler instanceof ResponseEntityResultHandler entities
                && isLikeStandard(entities)
                && returnType.toClass() == ResponseEntity.class) {
            declared = ResolvableType.forMethodParameter(
                    result.getReturnTypeSource().nested());
            writers = entities.getMessageWriters();
        } else {
            return null;
        }
        if (body instanceof ProblemDetail
                || body instanceof ResolvableTypeProvider // of a type that is not its class's
                || getAdapterRegistry().getAdapter(declared.resolve(), body) != null) {
            return null;
        }
        ResolvableType actual = ResolvableType.forInstance(body);
        ResolvableType type = declared.toClass() == Object.class ? actual : declared;
        List<HttpMessageWriter<?>> its = writers;
        MediaType selected = selectMediaType(exchange, () -> writable(its, type), accepted);
        if (selected == null || !selected.isConcrete() || selected.equals(MediaType.APPLICATION_OCTET_STREAM)) {
            return null;
        }
        HttpMessageWriter<?> writer = writer(writers, actual.hasUnresolvableGenerics() ? type : actual, selected);
        return writer != null && writer.getClass() == EncoderHttpMessageWriter.class
                ? encoding((EncoderHttpMessageWriter<?>) writer, returnType, type, selected, exchange)
                : null;
    }

    /** Returns whether this is Spring's own handler of entities, and finds their types as they are found here. */
    private boolean isLikeStandard(ResponseEntityResultHandler entities) {
        return entities.getClass() == ResponseEntityResultHandler.class
                && entities.getContentTypeResolver() == standard.getContentTypeResolver()
                && entities.getAdapterRegistry() == standard.getAdapterRegistry();
    }

    private static List<MediaType> writable(List<HttpMessageWriter<?>> writers, ResolvableType type) {
        return writers.stream()
                .filter(writer -> writer.canWrite(type, null))
                .flatMap(writer -> writer.getWritableMediaTypes(type).stream())
                .toList();
    }

    private static @Nullable HttpMessageWriter<?> writer(
            List<HttpMessageWriter<?>> writers, ResolvableType type, MediaType mediaType) {
        for (HttpMessageWriter<?> writer : writers) {
            if (writer.canWrite(type, mediaType)) {
                return writer;
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked")
    private static DirectAnswer.@Nullable Encoding encoding(
            EncoderHttpMessageWriter<?> writer,
            ResolvableType returnType,
            ResolvableType type,
            MediaType selected,
            ServerWebExchange exchange) {
        Encoder<Object> encoder = (Encoder<Object>) writer.getEncoder();
        if (!ENCODERS.contains(encoder.getClass().getName())) {
            return null;
        }
        Map<String, Object> hints = encoder instanceof HttpMessageEncoder<Object> http
                ? http.getEncodeHints(returnType, type, selected, exchange.getRequest(), exchange.getResponse())
                : Map.of();
        return new DirectAnswer.Encoding(
                encoder, type, withCharset(writer, selected), hints, HttpLogging.forLogName(encoder.getClass()));
    }

    /** Returns a type with the charset that a writer gives to one that has none. */
    private static MediaType withCharset(EncoderHttpMessageWriter<?> writer, MediaType selected) {
        Charset byDefault = writer.getWritableMediaTypes().stream()
                .filter(MediaType::isConcrete)
                .findFirst()
                .map(MediaType::getCharset)
                .orElse(null);
        return byDefault != null && selected.getCharset() == null ? new MediaType(selected, byDefault) : selected;
    }
}
