package dev.asyncloop.spring.actuate;

import dev.asyncloop.CoroutineInfo;
import dev.asyncloop.CoroutineSnapshot;
import dev.asyncloop.IOLoop;
import dev.asyncloop.SlowCallback;
import java.util.List;
import java.util.stream.Collectors;

/** Coroutines as text. */
final class CoroutinesText {

    private CoroutinesText() {}

    static String of(IOLoop loop, CoroutineSnapshot seen) {
        StringBuilder text = new StringBuilder(head(loop));
        String states = seen.states().entrySet().stream()
                .filter(state -> state.getValue() > 0)
                .map(state -> state.getValue() + " " + state.getKey())
                .collect(Collectors.joining(", "));
        line(text, seen.live() + " coroutines" + (states.isEmpty() ? "" : ": " + states));
        if (seen.beside()) {
            line(text, "The turn could not be had: what starts or ends at this moment may be missing.");
        }
        text.append(CoroutineInfo.tree(seen.coroutines()));
        int more = seen.live() - seen.shown();
        if (more > 0) {
            line(text, more + " more are not shown; `limit` says how many are.");
        }
        return text.toString();
    }

    static String of(IOLoop loop, CoroutineInfo one) {
        CoroutineInfo.Root root = one.root();
        String belongsTo = root.id() == one.id() ? "" : "belongs to #" + root.id() + " '" + root.name() + "'\n";
        return head(loop) + belongsTo + CoroutineInfo.tree(List.of(one));
    }

    private static String head(IOLoop loop) {
        LoopCondition condition = LoopCondition.of(loop);
        SlowCallback held = condition.blocked();
        StringBuilder text = new StringBuilder();
        line(text, "Loop '" + loop.name() + "' is " + condition.state() + (held == null ? "" : ": " + held));
        if (held != null) {
            line(text, held.wayOut() + ".");
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
