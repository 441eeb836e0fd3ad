package dev.asyncloop.spring.security;

import dev.asyncloop.spring.web.CoroutineContext;
import io.micrometer.context.ContextRegistry;
import java.util.Optional;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderThreadLocalAccessor;
import reactor.core.publisher.Mono;

/**
 * Puts the security context of a request, which a reactive application has in its Reactor context only, into the
 * {@link SecurityContextHolder} of its coroutine: so {@code @PreAuthorize} and plain code find it there. Spring
 * Security's own {@link SecurityContextHolderThreadLocalAccessor} carries it on into children and executor calls.
 *
 * <p>It is loaded before the coroutine starts. That may mean to load a session; a coroutine never waits for it.
 */
public final class SecurityInCoroutines implements CoroutineContext {

    private final Object key;

    /** Makes a context that uses Spring Security's accessor, and registers that if nobody has done so. */
    public SecurityInCoroutines() {
        SecurityContextHolderThreadLocalAccessor accessor = new SecurityContextHolderThreadLocalAccessor();
        this.key = accessor.key();
        ContextRegistry registry = ContextRegistry.getInstance();
        if (registry.getThreadLocalAccessors().stream()
                .noneMatch(known -> known.key().equals(key))) {
            registry.registerThreadLocalAccessor(accessor);
        }
    }

    @Override
    public <T> Mono<T> complete(Mono<T> start) {
        return ReactiveSecurityContextHolder.getContext()
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(context -> context.isPresent() ? in(context.get(), start) : start);
    }

    private <T> Mono<T> in(SecurityContext security, Mono<T> start) {
        return start.contextWrite(context -> context.put(key, security));
    }
}
