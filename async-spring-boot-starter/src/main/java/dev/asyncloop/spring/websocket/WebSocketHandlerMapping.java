package dev.asyncloop.spring.websocket;

import dev.asyncloop.SwitchOn;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.WebSocketMapping;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.context.EmbeddedValueResolverAware;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Controller;
import org.springframework.util.StringValueResolver;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * Finds the {@link WebSocketMapping @WebSocketMapping} methods of the controllers, for requests that want a WebSocket; before
 * the ordinary handlers, so that one with the same path gets the others.
 */
public final class WebSocketHandlerMapping extends RequestMappingInfoHandlerMapping
        implements EmbeddedValueResolverAware {

    /** Before router functions and handlers. */
    private static final int ORDER = -2;

    private final RequestMappingHandlerMapping standard;

    private List<String> allowedOrigins = List.of();

    /** By method and type of the bean, as several may inherit one method. */
    private final Map<MethodClassKey, Endpoint> endpoints = new ConcurrentHashMap<>();

    /** The patterns without the names of their variables, and who has them. */
    private final Map<String, String> places = new HashMap<>();

    private @Nullable StringValueResolver embeddedValueResolver;

    /**
     * Makes a mapping.
     * @param standard whose path prefixes and case sensitivity count here, too
     */
    public WebSocketHandlerMapping(RequestMappingHandlerMapping standard) {
        this.standard = standard;
        setUseCaseSensitiveMatch(standard.getPathPatternParser().isCaseSensitive());
        setOrder(ORDER);
    }

    /**
     * Lets pages of these origins connect, besides those of the same origin, for methods that name none; and returns this.
     * @throws IllegalArgumentException if one of them can't be an origin
     */
    public WebSocketHandlerMapping withAllowedOrigins(List<String> origins) {
        Origins.of(origins);
        this.allowedOrigins = List.copyOf(origins);
        return this;
    }

    @Override
    public void setEmbeddedValueResolver(StringValueResolver resolver) {
        this.embeddedValueResolver = resolver;
    }

    // ---- at the start

    @Override
    protected boolean isHandler(Class<?> beanType) {
        return AnnotatedElementUtils.hasAnnotation(beanType, Controller.class);
    }

    @Override
    protected @Nullable RequestMappingInfo getMappingForMethod(Method method, Class<?> type) {
        WebSocketMapping mapping = AnnotatedElementUtils.findMergedAnnotation(method, WebSocketMapping.class);
        if (mapping == null) {
            return null;
        }
        RequestMappingInfo info =
                paths(mapping.path()).methods(RequestMethod.GET).build();
        RequestMapping ofType = AnnotatedElementUtils.findMergedAnnotation(type, RequestMapping.class);
        if (ofType != null) {
            info = paths(ofType.path()).build().combine(info);
        }
        for (Map.Entry<String, Predicate<Class<?>>> prefix :
                standard.getPathPrefixes().entrySet()) {
            if (prefix.getValue().test(type)) {
                return paths(prefix.getKey()).build().combine(info);
            }
        }
        return info;
    }

    private RequestMappingInfo.Builder paths(String... patterns) {
        RequestMappingInfo.BuilderConfiguration configuration = new RequestMappingInfo.BuilderConfiguration();
        configuration.setPatternParser(getPathPatternParser());
        String[] resolved = new String[patterns.length];
        for (int i = 0; i < patterns.length; i++) {
            String pattern =
                    embeddedValueResolver == null ? patterns[i] : embeddedValueResolver.resolveStringValue(patterns[i]);
            resolved[i] = pattern == null ? "" : pattern;
        }
        return RequestMappingInfo.paths(resolved).options(configuration);
    }

    @Override
    protected void registerHandlerMethod(Object handler, Method method, RequestMappingInfo mapping) {
        HandlerMethod handlerMethod = createHandlerMethod(handler, method);
        for (PathPattern pattern : mapping.getPatternsCondition().getPatterns()) {
            String before = places.putIfAbsent(
                    pattern.getPatternString().replaceAll("\\{\\*[^}]*}", "**").replaceAll("\\{[^:}]*", "{"),
                    handlerMethod.getShortLogMessage());
            if (before != null) {
                throw new WebSocketMisuseException(
                        "@WebSocketMapping on " + handlerMethod.getShortLogMessage() + " has the path "
                                + pattern.getPatternString() + " of " + before,
                        "give one of them another path");
            }
        }
        endpoints.put(key(handlerMethod), endpoint(handlerMethod));
        super.registerHandlerMethod(handler, method, mapping);
    }

    private static MethodClassKey key(HandlerMethod handlerMethod) {
        return new MethodClassKey(handlerMethod.getMethod(), handlerMethod.getBeanType());
    }

    private Endpoint endpoint(HandlerMethod handlerMethod) {
        Method method = handlerMethod.getMethod();
        WebSocketMapping mapping = AnnotatedElementUtils.findMergedAnnotation(method, WebSocketMapping.class);
        if (mapping == null) {
            throw new IllegalStateException("No mapping any more on " + method);
        }
        List<String> origins = List.of(mapping.origins());
        SwitchOn own = switchOn(method);
        return new Endpoint(
                handlerMethod,
                List.of(mapping.subprotocols()),
                Origins.of(origins.isEmpty() ? allowedOrigins : origins),
                own != null ? own : switchOn(handlerMethod.getBeanType()));
    }

    private static @Nullable SwitchOn switchOn(AnnotatedElement element) {
        Coroutine annotation = AnnotatedElementUtils.findMergedAnnotation(element, Coroutine.class);
        return annotation == null
                ? null
                : switch (annotation.switchOn()) {
                    case INHERIT -> null;
                    case AWAIT -> SwitchOn.AWAIT;
                    case ANY -> SwitchOn.ANY;
                };
    }

    // ---- for each request

    @Override
    public Mono<Object> getHandler(ServerWebExchange exchange) {
        if (endpoints.isEmpty() || !isWanted(exchange)) {
            return Mono.empty();
        }
        return getHandlerInternal(exchange).map(this::endpointOf);
    }

    private Object endpointOf(HandlerMethod resolved) {
        Endpoint endpoint = endpoints.get(key(resolved));
        return endpoint == null ? resolved : endpoint.with(resolved);
    }

    static boolean isWanted(ServerWebExchange exchange) {
        if (exchange.getRequest().getMethod() != HttpMethod.GET) {
            return false;
        }
        for (String upgrade : exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.UPGRADE)) {
            if (upgrade.toLowerCase(Locale.ROOT).contains("websocket")) {
                return true;
            }
        }
        return false;
    }

    /** Leaves it to the other mappings to say what is wrong. */
    @Override
    protected @Nullable HandlerMethod handleNoMatch(Set<RequestMappingInfo> infos, ServerWebExchange exchange) {
        return null;
    }

    /** Returns whether a request has the path of a WebSocket, whatever else it is. */
    boolean hasPathOf(ServerWebExchange exchange) {
        return getHandlerMethods().keySet().stream()
                .anyMatch(info -> info.getPatternsCondition().getMatchingCondition(exchange) != null);
    }
}
