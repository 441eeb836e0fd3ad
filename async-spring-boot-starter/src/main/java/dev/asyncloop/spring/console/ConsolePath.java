package dev.asyncloop.spring.console;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Where the console is. */
final class ConsolePath {

    /** Patterns, as those by which requests come to it: a path may be written in several ways. */
    private final Supplier<@Nullable PathPattern> page;

    private final Supplier<@Nullable PathPattern> files;

    /**
     * Makes one.
     * @param endpoints asked at the first request, as they are not all there before
     */
    ConsolePath(Supplier<PathMappedEndpoints> endpoints) {
        this.page = pattern(endpoints, "");
        this.files = pattern(endpoints, "/*");
    }

    private static Supplier<@Nullable PathPattern> pattern(Supplier<PathMappedEndpoints> endpoints, String more) {
        return SingletonSupplier.ofNullable(() -> {
            String own = endpoints.get().getPath(EndpointId.of(ConsoleEndpoint.ID));
            return own != null ? PathPatternParser.defaultInstance.parse(own + more) : null;
        });
    }

    boolean isPage(ServerWebExchange exchange) {
        return matches(page.get(), exchange);
    }

    boolean isPageOrFile(ServerWebExchange exchange) {
        return isPage(exchange) || matches(files.get(), exchange);
    }

    private static boolean matches(@Nullable PathPattern pattern, ServerWebExchange exchange) {
        return pattern != null
                && pattern.matches(exchange.getRequest().getPath().pathWithinApplication());
    }
}
