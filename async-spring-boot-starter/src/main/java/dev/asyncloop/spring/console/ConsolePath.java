package dev.asyncloop.spring.console;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.server.ServerWebExchange;

/** Where the console is. */
final class ConsolePath {

    private final Supplier<@Nullable String> own;

    /**
     * Makes one.
     * @param endpoints asked at the first request, as they are not all there before
     */
    ConsolePath(Supplier<PathMappedEndpoints> endpoints) {
        this.own = SingletonSupplier.ofNullable(() -> endpoints.get().getPath(EndpointId.of(ConsoleEndpoint.ID)));
    }

    boolean isPage(ServerWebExchange exchange) {
        return path(exchange).equals(own.get());
    }

    boolean isPageOrFile(ServerWebExchange exchange) {
        String page = own.get();
        return page != null && (isPage(exchange) || path(exchange).startsWith(page + "/"));
    }

    private static String path(ServerWebExchange exchange) {
        return exchange.getRequest().getPath().pathWithinApplication().value();
    }
}
