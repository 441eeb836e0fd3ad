package dev.asyncloop;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The event that JDK Flight Recorder gets when a slow callback is reported. */
@Name("dev.asyncloop.SlowCallback")
@Label("Slow Callback")
@Description("Something has held an IOLoop for longer than its limit, and still does")
@Category("Async Loop")
@StackTrace(false)
@SuppressWarnings("unused") // read by the recorder
final class SlowCallbackEvent extends Event {

    @Label("Loop")
    final String loop;

    @Label("Held")
    @Description("The turn, the carrier or the event loop")
    final String held;

    @Label("Coroutine")
    @Description("The name of the coroutine, or of what else holds the loop")
    final String coroutine;

    @Label("Held For")
    @Timespan(Timespan.NANOSECONDS)
    final long heldFor;

    @Label("Waiting")
    @Description("How many coroutines are ready and wait")
    final int waiting;

    @Label("What")
    @Description("What the holder does")
    final String what;

    @Label("Where")
    @Description("The topmost frames of the holder")
    final String where;

    private SlowCallbackEvent(String loop, SlowCallback seen) {
        this.loop = loop;
        this.held = seen.held().name();
        this.coroutine = seen.name();
        this.heldFor = seen.heldFor().toNanos();
        this.waiting = seen.waiting();
        this.what = seen.what();
        this.where = String.join(
                System.lineSeparator(),
                seen.stack().stream().limit(20).map(StackTraceElement::toString).toList());
    }

    /** Gives the event to the recorder, which drops it unless somebody records it. Fails where the JDK has none. */
    static void send(String loop, SlowCallback seen) {
        new SlowCallbackEvent(loop, seen).commit();
    }
}
