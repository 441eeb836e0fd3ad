package dev.asyncloop.spring.actuate;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells by its name what a coroutine without an owner is: requests and connections are named after what they ask for,
 * periodic callbacks are known.
 */
final class RootKinds {

    private static final Pattern REQUEST = Pattern.compile("(\\S+ of )?[A-Z]+ /.*", Pattern.DOTALL);

    private static final String WEBSOCKET = "WebSocket /";

    private final Set<String> periodics;

    /** Makes one that knows the names of these periodic callbacks. */
    RootKinds(Set<String> periodics) {
        this.periodics = periodics;
    }

    RootKind of(String name) {
        if (periodics.contains(name)) {
            return RootKind.PERIODIC;
        }
        if (name.startsWith(WEBSOCKET)) {
            return RootKind.WEBSOCKET;
        }
        return REQUEST.matcher(name).matches() ? RootKind.REQUEST : RootKind.OTHER;
    }
}
