package dev.asyncloop.spring.actuate;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@code DELETE /actuator/coroutines/{id}}: 204, or 404 if no coroutine of this number lives. Who has asked is in the message
 * of the cancellation, if the application knows.
 */
@EndpointWebExtension(endpoint = CoroutinesEndpoint.class)
public final class CoroutinesEndpointWebExtension {

    private final CoroutinesEndpoint endpoint;

    /** Makes an extension. */
    public CoroutinesEndpointWebExtension(CoroutinesEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Cancels one, cooperatively. */
    @DeleteOperation
    public WebEndpointResponse<Void> cancel(SecurityContext security, @Selector long id) {
        String who = security.getPrincipal() != null ? security.getPrincipal().getName() : null;
        return new WebEndpointResponse<>(
                endpoint.cancel(id, who)
                        ? WebEndpointResponse.STATUS_NO_CONTENT
                        : WebEndpointResponse.STATUS_NOT_FOUND);
    }
}
