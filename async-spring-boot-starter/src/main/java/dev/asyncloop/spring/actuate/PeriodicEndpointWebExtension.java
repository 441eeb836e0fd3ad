package dev.asyncloop.spring.actuate;

import dev.asyncloop.spring.actuate.PeriodicEndpoint.TaskDescriptor;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.spring.periodic.PeriodicTask;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * What {@link PeriodicEndpoint} is on the web: says with a status and a message why something is not possible. 404 for a task that
 * there is not, 400 for an action that there is not, 409 for what can't be done now.
 */
@EndpointWebExtension(endpoint = PeriodicEndpoint.class)
public final class PeriodicEndpointWebExtension {

    private static final int CONFLICT = 409;

    private final PeriodicCallbacks callbacks;

    /** Makes an extension. */
    public PeriodicEndpointWebExtension(PeriodicCallbacks callbacks) {
        this.callbacks = callbacks;
    }

    /** Returns one task. */
    @ReadOperation
    public WebEndpointResponse<OperationResponseBody> task(@Selector String name) {
        PeriodicTask task = callbacks.task(name);
        return task != null
                ? new WebEndpointResponse<>(TaskDescriptor.of(task))
                : problem(callbacks.unknown(name), WebEndpointResponse.STATUS_NOT_FOUND);
    }

    /** Steers a task, and returns it afterwards. */
    @WriteOperation
    public WebEndpointResponse<OperationResponseBody> steer(@Selector String name, @Nullable String action) {
        PeriodicSteering steering = PeriodicSteering.of(callbacks, name, action);
        String problem = String.valueOf(steering.problem());
        return switch (steering.kind()) {
            case DONE -> new WebEndpointResponse<>(TaskDescriptor.of(steering.task()));
            case NO_SUCH_TASK -> problem(problem, WebEndpointResponse.STATUS_NOT_FOUND);
            case NO_SUCH_ACTION -> problem(problem, WebEndpointResponse.STATUS_BAD_REQUEST);
            case NOT_NOW -> problem(problem, CONFLICT);
        };
    }

    private static WebEndpointResponse<OperationResponseBody> problem(String message, int status) {
        return new WebEndpointResponse<>(new ProblemDescriptor(message), status);
    }

    /**
     * Why something is not possible.
     *
     * @param message what is wrong, and what to do
     */
    public record ProblemDescriptor(String message) implements OperationResponseBody {}
}
