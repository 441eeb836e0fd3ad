package dev.asyncloop.spring.web;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.result.method.AbstractHandlerMethodMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;

/**
 * What is registered in one of Spring's own mappings at the moment, as the mapping itself sees it, whoever adds to it or removes
 * from it while the application runs. Spring does not tell of that, so its registry is asked, which is not for others: where
 * it is another than the one known here, nothing is found.
 */
final class MappedHandlers {

    private static final @Nullable Access ACCESS = Access.find();

    /** By name, as the actuator may be missing; they look for handlers as the application's does. */
    private static final Set<String> OF_ENDPOINTS = Set.of(
            "org.springframework.boot.webflux.actuate.endpoint.web.WebFluxEndpointHandlerMapping",
            "org.springframework.boot.webflux.actuate.endpoint.web.ControllerEndpointHandlerMapping");

    private final RequestMappingInfoHandlerMapping mapping;

    private final Object registry;

    private final DirectPaths paths = new DirectPaths();

    /**
     * What a request was mapped to.
     * @param handler not resolved
     */
    record Found(DirectPaths.Direct path, HandlerMethod handler) {}

    private MappedHandlers(RequestMappingInfoHandlerMapping mapping, Object registry) {
        this.mapping = mapping;
        this.registry = registry;
    }

    /** Returns {@code null} for a mapping that is not exactly one of Spring's, which may look for handlers in its own way. */
    static @Nullable MappedHandlers of(HandlerMapping mapping) {
        boolean isKnown = mapping.getClass() == RequestMappingHandlerMapping.class
                || OF_ENDPOINTS.contains(mapping.getClass().getName());
        if (ACCESS == null || !isKnown) {
            return null;
        }
        RequestMappingInfoHandlerMapping springs = (RequestMappingInfoHandlerMapping) mapping;
        try {
            return new MappedHandlers(springs, (Object) ACCESS.registry().invokeExact(springs));
        } catch (Throwable ex) {
            throw unchecked(ex);
        }
    }

    /** Returns whether there is none for the path of a request, whatever else the request may say. */
    boolean haveNoneFor(PathContainer path) {
        Access access = Objects.requireNonNull(ACCESS);
        try {
            access.lock().invokeExact(registry);
            try {
                for (Object info : ((Map<?, ?>) access.registrations().invokeExact(registry)).keySet()) {
                    if (matches((RequestMappingInfo) info, path)) {
                        return false;
                    }
                }
                return true;
            } finally {
                access.unlock().invokeExact(registry);
            }
        } catch (Throwable ex) {
            throw unchecked(ex);
        }
    }

    private static boolean matches(RequestMappingInfo info, PathContainer path) {
        for (PathPattern pattern : info.getPatternsCondition().getPatterns()) {
            if (pattern.matches(path)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the handler of a request by its path and its method, or {@code null} if something else has to be looked at, if there
     * is none or more than one, or if something is said about other origins.
     */
    @Nullable
    Found find(ServerWebExchange exchange) {
        Access access = Objects.requireNonNull(ACCESS);
        try {
            access.lock().invokeExact(registry);
            try {
                return find(access, exchange);
            } finally {
                access.unlock().invokeExact(registry);
            }
        } catch (Throwable ex) {
            throw unchecked(ex);
        }
    }

    @SuppressWarnings("unchecked")
    private @Nullable Found find(Access access, ServerWebExchange exchange) throws Throwable {
        RequestMappingInfo only =
                only((List<RequestMappingInfo>) (List<?>) access.atPath().invokeExact(registry, exchange), exchange);
        DirectPaths.Direct path = only == null ? null : paths.find(only, exchange);
        if (path == null) {
            return null;
        }
        Map<?, ?> registrations = (Map<?, ?>) access.registrations().invokeExact(registry);
        Object registration = registrations.get(only);
        if (registration == null) {
            return null;
        }
        HandlerMethod handler = (HandlerMethod) access.handler().invokeExact(registration);
        return (boolean) access.hasOrigins().invokeExact(mapping, (Object) handler) ? null : new Found(path, handler);
    }

    /** Returns that which is for the method of the request, if there is one and no other. */
    private static @Nullable RequestMappingInfo only(
            @Nullable List<RequestMappingInfo> atPath, ServerWebExchange exchange) {
        if (atPath == null) {
            return null;
        }
        RequestMappingInfo only = null;
        for (int i = 0; i < atPath.size(); i++) {
            RequestMappingInfo next = atPath.get(i);
            if (next.getMethodsCondition().getMatchingCondition(exchange) != null) {
                if (only != null) {
                    return null;
                }
                only = next;
            }
        }
        return only;
    }

    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException already ? already : new UndeclaredThrowableException(failure);
    }

    /** Spring's own methods; the first takes a mapping and the last two a registration and a mapping, the others a registry. */
    private record Access(
            MethodHandle registry,
            MethodHandle lock,
            MethodHandle unlock,
            MethodHandle atPath,
            MethodHandle registrations,
            MethodHandle handler,
            MethodHandle hasOrigins) {

        private static final Class<?> MAPPING = AbstractHandlerMethodMapping.class;

        static @Nullable Access find() {
            try {
                MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(MAPPING, MethodHandles.lookup());
                Class<?> registry = lookup.findClass(MAPPING.getName() + "$MappingRegistry");
                Class<?> registration = lookup.findClass(MAPPING.getName() + "$MappingRegistration");
                MethodType nothing = MethodType.methodType(void.class);
                MethodType atPath = MethodType.methodType(List.class, ServerWebExchange.class);
                MethodType hasOrigins = MethodType.methodType(boolean.class, Object.class);
                return new Access(
                        lookup.findVirtual(MAPPING, "getMappingRegistry", MethodType.methodType(registry))
                                .asType(MethodType.methodType(Object.class, RequestMappingInfoHandlerMapping.class)),
                        ofObject(lookup.findVirtual(registry, "acquireReadLock", nothing)),
                        ofObject(lookup.findVirtual(registry, "releaseReadLock", nothing)),
                        ofObject(lookup.findVirtual(registry, "getMappingsByDirectPath", atPath)),
                        ofObject(lookup.findVirtual(registry, "getRegistrations", MethodType.methodType(Map.class))),
                        ofObject(lookup.findVirtual(
                                registration, "getHandlerMethod", MethodType.methodType(HandlerMethod.class))),
                        lookup.findVirtual(MAPPING, "hasCorsConfigurationSource", hasOrigins)
                                .asType(hasOrigins.insertParameterTypes(0, RequestMappingInfoHandlerMapping.class)));
            } catch (ReflectiveOperationException | RuntimeException ex) {
                return null; // another version of Spring, or a native image
            }
        }

        private static MethodHandle ofObject(MethodHandle method) {
            return method.asType(method.type().changeParameterType(0, Object.class));
        }
    }
}
