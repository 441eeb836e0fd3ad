package dev.asyncloop.spring.web;

import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.accept.ApiVersionHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.result.condition.ProducesRequestCondition;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/**
 * A mapping that is asked for handlers. If it is Spring's own, and a request is mapped by nothing but its method and a path without
 * variables, then the handler is there at once, with all that the mapping would do; and so it is known at once if a mapping of
 * the actuator's, which is asked before, has nothing of such a path. In all other cases the mapping does it.
 */
final class AskedMapping {

    /** The same as Spring's, which is where people look for what it says. */
    private static final Log LOG = LogFactory.getLog(RequestMappingHandlerMapping.class);

    private final HandlerMapping mapping;

    /** Those of a mapping of Spring's own. */
    private final @Nullable MappedHandlers mapped;

    private final boolean isOfEndpoints;

    AskedMapping(HandlerMapping mapping) {
        this.mapping = mapping;
        this.mapped = MappedHandlers.of(mapping);
        this.isOfEndpoints = mapping.getClass() != RequestMappingHandlerMapping.class;
    }

    /** Returns whether there is certainly no handler for a request here; if not, there may be one. */
    boolean hasNone(ServerWebExchange exchange) {
        if (!isOfEndpoints || mapped == null || isUnusual(exchange)) {
            return false;
        }
        RequestPath path = exchange.getRequest().getPath();
        if (!DirectPaths.isSprings(path) || !mapped.haveNoneFor(path.pathWithinApplication())) {
            return false;
        }
        begin(exchange.getAttributes());
        ProducesRequestCondition.clearMediaTypesAttribute(exchange);
        return true;
    }

    /** Returns the handler of a request, or {@code null} if it is to be {@linkplain #getHandler asked} for. */
    @Nullable
    HandlerMethod handler(ServerWebExchange exchange) {
        if (isOfEndpoints || mapped == null || isUnusual(exchange)) {
            return null;
        }
        MappedHandlers.Found found = mapped.find(exchange);
        return found == null ? null : tell(exchange, found);
    }

    Mono<Object> getHandler(ServerWebExchange exchange) {
        return mapping.getHandler(exchange);
    }

    /** May ask for what is allowed, or has a version; is to be logged; or operators would do more than they say. */
    private boolean isUnusual(ServerWebExchange exchange) {
        return exchange.getRequest().getMethod().equals(HttpMethod.OPTIONS)
                || ((RequestMappingInfoHandlerMapping) mapping).getApiVersionStrategy() != null
                || LOG.isDebugEnabled()
                || Hooks.isAutomaticContextPropagationEnabled();
    }

    /** Does what Spring's mapping does before it looks for a handler. */
    private static void begin(Map<String, Object> attributes) {
        attributes.put(HandlerMapping.API_VERSION_ATTRIBUTE, ApiVersionHolder.EMPTY);
        attributes.remove(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE);
    }

    /** Does what Spring's mapping does once it has found a handler, and in its order. */
    private static HandlerMethod tell(ServerWebExchange exchange, MappedHandlers.Found found) {
        DirectPaths.Direct path = found.path();
        Map<String, Object> attributes = exchange.getAttributes();
        begin(attributes);
        attributes.put(HandlerMapping.PATH_WITHIN_HANDLER_MAPPING_ATTRIBUTE, path.path());
        attributes.put(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE, found.handler());
        attributes.put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, path.pattern());
        ServerRequestObservationContext observed =
                ServerRequestObservationContext.findCurrent(attributes).orElse(null);
        if (observed != null) {
            observed.setPathPattern(path.pattern().toString());
        }
        attributes.put(
                HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, path.match().getUriVariables());
        attributes.put(HandlerMapping.MATRIX_VARIABLES_ATTRIBUTE, path.match().getMatrixVariables());
        HandlerMethod resolved = found.handler().createWithResolvedBean();
        ProducesRequestCondition.clearMediaTypesAttribute(exchange);
        return resolved;
    }
}
