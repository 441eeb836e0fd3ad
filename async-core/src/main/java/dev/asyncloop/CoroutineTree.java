package dev.asyncloop;

import dev.asyncloop.CoroutineInfo.State;
import java.util.List;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/**
 * Looks at coroutines. By who has the turn; or, if that can't be had, beside whoever has it: the links of a list only lead
 * on to its end.
 */
final class CoroutineTree {

    private CoroutineTree() {}

    static List<CoroutineInfo> of(DefaultIOLoop loop) {
        return of(loop.belongings());
    }

    private static List<CoroutineInfo> of(Belongings belongings) {
        return belongings.coroutines().reversed().stream()
                .map(CoroutineTree::info)
                .toList();
    }

    private static CoroutineInfo info(Coroutine<?> coroutine) {
        Object subject = coroutine.waitsFor();
        State activity = coroutine.activity();
        return new CoroutineInfo(
                coroutine.id(),
                coroutine.name(),
                activity,
                subject != null ? describe(subject) : null,
                activity == State.BLOCKING || subject != null && isOutside(subject, coroutine.loop()),
                of(coroutine.belongings()));
    }

    /** The subject may be of an application's class: its {@code toString} must not keep the others from being seen. */
    private static String describe(Object subject) {
        try {
            return describing(subject);
        } catch (RuntimeException ex) {
            return "a " + subject.getClass().getName();
        }
    }

    private static String describing(Object subject) {
        if (subject instanceof LoopPromise<?> promise) {
            return "promise '" + promise.name() + "'";
        }
        if (subject instanceof Dependent<?>) {
            return "what depends on another stage (`thenApply` and its like)";
        }
        if (subject instanceof Task<?> task) {
            return "task '" + task.name() + "'";
        }
        if (subject instanceof CompletionStage<?>) {
            return "a " + kind(subject) + " of other code";
        }
        return subject instanceof Mono<?> ? "a Mono: " + subject : subject.toString();
    }

    /** Anonymous classes have no simple name. */
    private static String kind(Object subject) {
        String simple = subject.getClass().getSimpleName();
        return simple.isEmpty() ? subject.getClass().getName() : simple;
    }

    /** Whether other code may have to end a wait for this: also of what depends on who knows what. */
    static boolean isOutside(Object subject, DefaultIOLoop loop) {
        if (subject instanceof Compound compound) {
            return compound.waitsOutside(loop);
        }
        if (subject instanceof LoopTask<?> task) {
            return task.loop != loop || task instanceof LoopPromise<?> || task instanceof Dependent<?>;
        }
        return subject instanceof Mono<?> || subject instanceof CompletionStage<?>;
    }
}
