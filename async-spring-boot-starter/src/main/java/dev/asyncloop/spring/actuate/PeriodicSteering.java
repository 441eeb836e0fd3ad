package dev.asyncloop.spring.actuate;

import dev.asyncloop.LoopClosedException;
import dev.asyncloop.LoopFullException;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import dev.asyncloop.spring.periodic.PeriodicTask;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of an action on a task.
 *
 * @param kind whether it was done, and if not, whose fault that is
 * @param found null if there is no such task
 * @param problem null if it was done
 */
record PeriodicSteering(Kind kind, @Nullable PeriodicTask found, @Nullable String problem) {

    enum Kind {
        DONE,
        NO_SUCH_TASK,
        NO_SUCH_ACTION,
        NOT_NOW
    }

    static PeriodicSteering of(PeriodicCallbacks callbacks, String name, @Nullable String action) {
        PeriodicTask task = callbacks.task(name);
        if (task == null) {
            return new PeriodicSteering(Kind.NO_SUCH_TASK, null, callbacks.unknown(name));
        }
        try {
            switch (action != null ? action : "") {
                case "trigger" -> {
                    if (!task.trigger()) {
                        return new PeriodicSteering(
                                Kind.NOT_NOW,
                                task,
                                "A call of '" + name + "' runs already, or was triggered and is about to; calls never"
                                        + " overlap, so trigger it again when that has ended");
                    }
                }
                case "pause" -> task.pause();
                case "resume" -> task.resume();
                default -> {
                    return new PeriodicSteering(
                            Kind.NO_SUCH_ACTION,
                            task,
                            (action == null ? "An action is missing" : "There is no action '" + action + "'")
                                    + "; send {\"action\": \"trigger\"}, or \"pause\", or \"resume\"");
                }
            }
            return new PeriodicSteering(Kind.DONE, task, null);
        } catch (IllegalStateException | LoopClosedException | LoopFullException ex) {
            return new PeriodicSteering(Kind.NOT_NOW, task, ex.getMessage());
        }
    }

    PeriodicTask task() {
        return Objects.requireNonNull(found);
    }
}
