package dev.asyncloop;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** What coroutines wait for, in words. */
final class Subjects {

    /** So many of the tasks that are waited for together are named. */
    private static final int NAMED = 3;

    private Subjects() {}

    static String describe(Object subject, DefaultIOLoop loop) {
        if (subject instanceof Compound compound) {
            return subject + listed(compound.missing(), loop);
        }
        if (subject instanceof LoopTask<?> task) {
            return task(task) + (task.loop == loop ? "" : " of '" + task.loop.name() + "'");
        }
        if (subject instanceof CompletionStage<?>) {
            return "a " + kind(subject) + " of other code";
        }
        return subject instanceof Mono<?> ? "a Mono: " + subject : subject.toString();
    }

    private static String task(LoopTask<?> task) {
        if (task instanceof Coroutine<?> coroutine) {
            return coroutine.givenName() != null
                    ? "coroutine #" + coroutine.id() + " '" + coroutine.name() + "'"
                    : coroutine.name();
        }
        if (task instanceof LoopPromise<?>) {
            return "promise '" + task.name() + "'";
        }
        if (task instanceof ExecutorCall<?> call) {
            return "a call of runInExecutor that " + call.whereabouts();
        }
        return task instanceof Dependent<?>
                ? "what depends on another stage (`thenApply` and its like)"
                : "task '" + task.name() + "'";
    }

    private static String listed(List<? extends CompletionStage<?>> stages, DefaultIOLoop loop) {
        if (stages.isEmpty()) {
            return "";
        }
        String named =
                stages.stream().limit(NAMED).map(stage -> describe(stage, loop)).collect(Collectors.joining(", "));
        int more = stages.size() - NAMED;
        return " (" + named + (more > 0 ? " and " + more + " more" : "") + ")";
    }

    /** Anonymous classes have no simple name. */
    private static String kind(Object subject) {
        String simple = subject.getClass().getSimpleName();
        return simple.isEmpty() ? subject.getClass().getName() : simple;
    }

    /** Whether other code may have to end a wait for this: also of what depends on who knows what. */
    static boolean isOutside(Object subject, DefaultIOLoop loop) {
        if (subject instanceof Compound compound) {
            return compound.missing().stream().anyMatch(stage -> isOutside(stage, loop));
        }
        if (subject instanceof LoopTask<?> task) {
            return task.loop != loop || task instanceof LoopPromise<?> || task instanceof Dependent<?>;
        }
        return subject instanceof Mono<?> || subject instanceof CompletionStage<?>;
    }
}
