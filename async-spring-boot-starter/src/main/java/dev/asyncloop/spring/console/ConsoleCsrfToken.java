package dev.asyncloop.spring.console;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.core.Ordered;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Gives the console Spring Security's CSRF token, without which its buttons are refused. It is in a header of the page,
 * {@code Console-Csrf: <name of the header to send it in>=<token>}, which only scripts of this origin can read.
 */
public final class ConsoleCsrfToken implements WebFilter, Ordered {

    private static final String HEADER = "Console-Csrf";

    private final ConsolePath console;

    /** Makes a filter. */
    public ConsoleCsrfToken(Supplier<PathMappedEndpoints> endpoints) {
        this.console = new ConsolePath(endpoints);
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Mono<CsrfToken> token = console.isPage(exchange) ? token(exchange) : null;
        return token == null
                ? chain.filter(exchange)
                : token.doOnNext(one -> exchange.getResponse()
                                .getHeaders()
                                .set(HEADER, one.getHeaderName() + "=" + one.getToken()))
                        .then(chain.filter(exchange));
    }

    private static @Nullable Mono<CsrfToken> token(ServerWebExchange exchange) {
        return exchange.getAttribute(CsrfToken.class.getName());
    }
}
