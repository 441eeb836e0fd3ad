package dev.asyncloop.spring.console;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * {@code /actuator/console}: a page that shows what the loop does, and steers it. All it knows it has from the other endpoints,
 * so it can see and do what who looks at it may. Any thread: does not wait for the loop.
 */
@WebEndpoint(id = ConsoleEndpoint.ID)
@ImportRuntimeHints(ConsoleFiles.Hints.class)
public final class ConsoleEndpoint {

    static final String ID = "console";

    private final ConsoleFiles files = ConsoleFiles.load();

    private final Supplier<PathMappedEndpoints> endpoints;

    /**
     * Makes an endpoint.
     * @param endpoints all endpoints, this one among them; asked for when the page is
     */
    public ConsoleEndpoint(Supplier<PathMappedEndpoints> endpoints) {
        this.endpoints = endpoints;
    }

    /** Returns the page. */
    @ReadOperation(produces = "text/html;charset=UTF-8")
    public String page() {
        return files.page(ConsoleLinks.to(endpoints.get()));
    }

    /** Returns one of the files that the page is made of; {@code null} if there is none of this name. */
    @ReadOperation(produces = {"text/css;charset=UTF-8", "text/javascript;charset=UTF-8", "image/svg+xml"})
    public @Nullable WebEndpointResponse<String> file(@Selector String name) {
        ConsoleFiles.Text text = files.find(name);
        return text == null
                ? null
                : new WebEndpointResponse<>(text.content(), WebEndpointResponse.STATUS_OK, text.type());
    }
}
