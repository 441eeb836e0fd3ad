package dev.asyncloop.testing;

import dev.asyncloop.CoroutineInfo;
import dev.asyncloop.DrivenLoop;
import dev.asyncloop.LoopStatistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What failed tests say. */
final class Reports {

    private static final String NEWLINE = System.lineSeparator();

    private Reports() {}

    /** Returns those among the coroutines and their children that wait for code outside of the loop. */
    static List<CoroutineInfo> outside(List<CoroutineInfo> coroutines) {
        List<CoroutineInfo> found = new ArrayList<>();
        for (CoroutineInfo coroutine : coroutines) {
            if (coroutine.waitsOutside()) {
                found.add(coroutine);
            }
            found.addAll(outside(coroutine.children()));
        }
        return found;
    }

    static String deadlock(DrivenLoop loop, Duration elapsed, Duration limit, List<CoroutineInfo> coroutines) {
        StringBuilder text = new StringBuilder("Deadlock on '" + loop.name() + "' after " + elapsed
                + " of virtual time: every coroutine waits, and there is no timer, no call in the executor and no open"
                + " channel that could end a wait." + NEWLINE);
        text.append(CoroutineInfo.tree(coroutines));
        List<CoroutineInfo> outside = outside(coroutines);
        if (outside.isEmpty()) {
            text.append("They wait for each other, or for what nobody is left to do.");
        } else {
            for (CoroutineInfo coroutine : outside) {
                text.append("Outside of virtual time: '" + coroutine.name() + "' waits for " + coroutine.waitsFor()
                        + "." + NEWLINE);
            }
            text.append(
                    "That was not done within " + limit + " of real time. Complete it in the test; or have it done in"
                            + " `runInExecutor` or `Async.blocking`, which virtual time waits for; or raise the limit with"
                            + " `setOutsideLimit`.");
        }
        return text.toString();
    }

    static @Nullable String leaks(DrivenLoop loop) {
        List<CoroutineInfo> coroutines = loop.coroutines();
        List<String> timers = loop.timers();
        if (coroutines.isEmpty() && timers.isEmpty()) {
            return null;
        }
        StringBuilder text = new StringBuilder("Left on '" + loop.name() + "' after its end: "
                + count(coroutines.size(), "coroutine") + " and " + count(timers.size(), "timer")
                + ". Stop what you start: await or cancel a coroutine, cancel a TimerHandle, stop a PeriodicCallback."
                + NEWLINE);
        text.append(CoroutineInfo.tree(coroutines));
        timers.forEach(timer -> text.append("- timer '" + timer + "'" + NEWLINE));
        return text.toString().stripTrailing();
    }

    private static String count(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    static String tooLong(DrivenLoop loop, String test, Duration limit) {
        StringBuilder text = new StringBuilder(
                "'" + test + "' did not end within " + limit + " of real time, the limit of its @LoopTest." + NEWLINE);
        appendWhatRuns(text, loop);
        return text.toString().stripTrailing();
    }

    static String notIdle(DrivenLoop loop, Duration by, Duration passed, Duration limit, List<String> expected) {
        StringBuilder text = new StringBuilder("'" + loop.name() + "' was not idle within " + limit
                + " of real time, the limit of its clock; " + passed + " of " + by + " have passed."
                + " What still runs has to wait or end; or raise the limit, with `@TestClock(limit = ..)` or `setLimit`."
                + NEWLINE);
        appendWhatRuns(text, loop);
        appendWhatIsElsewhere(text, loop, expected);
        return text.toString().stripTrailing();
    }

    static String notCome(DrivenLoop loop, String what, Duration limit, List<String> expected) {
        StringBuilder text = new StringBuilder("'" + loop.name() + "' has not come to " + what + " within " + limit
                + " of real time, the limit of its clock. If time has to pass for that, `advance` the clock before."
                + NEWLINE);
        appendWhatRuns(text, loop);
        appendWhatIsElsewhere(text, loop, expected);
        return text.toString().stripTrailing();
    }

    private static void appendWhatIsElsewhere(StringBuilder text, DrivenLoop loop, List<String> expected) {
        LoopStatistics numbers = loop.statistics();
        if (numbers.executorActive() + numbers.executorWaiting() > 0) {
            text.append("In the executor: " + count(numbers.executorActive(), "call") + ", and "
                    + numbers.executorWaiting() + " waiting for a thread." + NEWLINE);
        }
        expected.forEach(answer -> text.append("On its way: " + answer + "." + NEWLINE));
    }

    private static void appendWhatRuns(StringBuilder text, DrivenLoop loop) {
        DrivenLoop.TurnHolder holder = loop.turnHolder();
        text.append(CoroutineInfo.tree(loop.coroutines()));
        if (holder != null) {
            text.append("'" + holder.coroutine() + "' has the turn, and is here:" + NEWLINE);
            holder.stack().forEach(frame -> text.append("\tat " + frame + NEWLINE));
        } else {
            text.append("Nobody has the turn." + NEWLINE);
        }
    }
}
