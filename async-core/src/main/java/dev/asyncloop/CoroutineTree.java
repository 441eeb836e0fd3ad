package dev.asyncloop;

import dev.asyncloop.CoroutineInfo.State;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Looks at coroutines; only by who has the turn. */
final class CoroutineTree {

    private CoroutineTree() {}

    static List<CoroutineInfo> of(Belongings belongings) {
        return belongings.coroutines().reversed().stream()
                .map(CoroutineTree::info)
                .toList();
    }

    private static CoroutineInfo info(Coroutine<?> coroutine) {
        Object subject = coroutine.waitsFor();
        return new CoroutineInfo(
                coroutine.id(),
                coroutine.name(),
                coroutine.activity(),
                subject != null ? describe(subject) : null,
                coroutine.activity() == State.BLOCKING || subject != null && isOutside(subject),
                of(coroutine.belongings()));
    }

    private static String describe(Object subject) {
        if (subject instanceof Task<?> task) {
            return "task '" + task.name() + "'";
        }
        if (subject instanceof CompletionStage<?>) {
            return "a " + subject.getClass().getSimpleName() + " of other code";
        }
        return subject instanceof Mono<?> ? "a Mono: " + subject : subject.toString();
    }

    static boolean isOutside(@Nullable Object subject) {
        if (subject instanceof Gathering<?> gathering) {
            return gathering.waitsOutside();
        }
        return subject instanceof Mono<?>
                || subject instanceof LoopPromise<?>
                || subject instanceof CompletionStage<?> && !(subject instanceof LoopTask<?>);
    }
}
