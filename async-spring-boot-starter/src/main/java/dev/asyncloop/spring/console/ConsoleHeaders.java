package dev.asyncloop.spring.console;

import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets the console load its own files and ask this server, and nothing else; and nobody put it into a frame, as it has buttons.
 * The last of the filters: what others say of all pages is replaced for this one.
 */
public final class ConsoleHeaders implements WebFilter, Ordered {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final ConsolePath console;

    /** Makes a filter. */
    public ConsoleHeaders(Supplier<PathMappedEndpoints> endpoints) {
        this.console = new ConsolePath(endpoints);
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (console.isPageOrFile(exchange)) {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            headers.set("Content-Security-Policy", POLICY);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.setCacheControl("no-store");
        }
        return chain.filter(exchange);
    }
}
