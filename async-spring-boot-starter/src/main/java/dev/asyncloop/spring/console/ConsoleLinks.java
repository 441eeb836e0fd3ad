package dev.asyncloop.spring.console;

import java.util.List;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebEndpointHttpMethod;
import org.springframework.web.util.HtmlUtils;

/**
 * Where the page finds the other endpoints, and which of them it may write to. Relative to the page: nobody here knows what
 * stands before the management base path, such as a proxy's prefix.
 *
 * @param own where its files are, as text for HTML
 * @param attributes where the endpoints are, as attributes of an element
 */
record ConsoleLinks(String own, String attributes) {

    private static final List<String> READ = List.of("ioloop", "coroutines", "periodic", "metrics");

    static ConsoleLinks to(PathMappedEndpoints endpoints) {
        PathMappedEndpoint self = endpoints.getEndpoint(EndpointId.of(ConsoleEndpoint.ID));
        String path = self != null ? self.getRootPath() : ConsoleEndpoint.ID;
        String up = "../".repeat((int) path.chars().filter(one -> one == '/').count());
        StringBuilder attributes = new StringBuilder();
        for (String id : READ) {
            PathMappedEndpoint endpoint = endpoints.getEndpoint(EndpointId.of(id));
            if (endpoint != null) {
                append(attributes, id, up + endpoint.getRootPath());
                if (isWritable(endpoint)) {
                    append(attributes, id + "-writable", "");
                }
            }
        }
        return new ConsoleLinks(HtmlUtils.htmlEscape(path.substring(path.lastIndexOf('/') + 1)), attributes.toString());
    }

    private static void append(StringBuilder to, String name, String value) {
        to.append(" data-")
                .append(name)
                .append("=\"")
                .append(HtmlUtils.htmlEscape(value))
                .append('"');
    }

    /** Access that is read-only has left no such operation. */
    private static boolean isWritable(PathMappedEndpoint endpoint) {
        return endpoint instanceof ExposableWebEndpoint web
                && web.getOperations().stream()
                        .anyMatch(operation ->
                                operation.getRequestPredicate().getHttpMethod() != WebEndpointHttpMethod.GET);
    }
}
