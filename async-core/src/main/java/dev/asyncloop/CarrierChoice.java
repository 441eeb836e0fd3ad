package dev.asyncloop;

import dev.asyncloop.internal.carrier.JdkInternals;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which carrier a loop takes. A JVM that was not given the flag is no failure; one that was, and where the internals do not
 * work as they do on the JDKs that we know, is warned of once.
 */
final class CarrierChoice {

    private static final Logger log = LoggerFactory.getLogger(IOLoop.class);

    private static final String WAY_OUT = "Carrier.JDK (`ioloop.carrier=jdk`)";

    private final boolean allowed;

    private final @Nullable Throwable failure;

    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * Makes the choice of one JVM.
     * @param allowed whether it was given the flag
     * @param failure why the event-loop carrier can't be had, if so
     */
    CarrierChoice(boolean allowed, @Nullable Throwable failure) {
        this.allowed = allowed;
        this.failure = failure;
    }

    /** The choice of this JVM: tried out when a loop may need it. */
    private static final class Here {

        static final CarrierChoice CHOICE = new CarrierChoice(JdkInternals.isAllowed(), JdkInternals.failure());
    }

    /**
     * Returns the carrier to take in this JVM.
     * @throws IllegalStateException if the event-loop carrier is wanted and can't be had
     */
    static Carrier of(@Nullable Carrier wanted) {
        return wanted == Carrier.JDK ? wanted : Here.CHOICE.choose(wanted);
    }

    Carrier choose(@Nullable Carrier wanted) {
        if (wanted == Carrier.JDK || failure == null) {
            return wanted != null ? wanted : Carrier.EVENT_LOOP;
        }
        if (wanted == Carrier.EVENT_LOOP) {
            throw new IllegalStateException(
                    "The event-loop carrier was asked for, but "
                            + (allowed
                                    ? "does not work here: " + why() + ". Take " + WAY_OUT + " on this JDK"
                                    : "this JVM does not allow it; start it with " + JdkInternals.FLAG + ", or take "
                                            + WAY_OUT),
                    failure);
        }
        if (allowed && told.compareAndSet(false, true)) {
            log.warn(
                    "The event-loop carrier does not work here, so coroutines run on the JDK's own scheduler: {}."
                            + " {} takes that without this warning",
                    why(),
                    WAY_OUT);
        }
        return Carrier.JDK;
    }

    private String why() {
        return "on " + System.getProperty("java.vm.name") + " " + Runtime.version() + " the self-test has failed with "
                + failure;
    }
}
