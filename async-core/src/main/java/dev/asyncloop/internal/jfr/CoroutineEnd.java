package dev.asyncloop.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A coroutine has ended; in its own thread, or that of who has cancelled it before its first turn. */
@Name("dev.asyncloop.CoroutineEnd")
@Label("Coroutine End")
@Description("A coroutine has ended")
@Category({"Async Loop"})
@Enabled(false)
@StackTrace(false)
final class CoroutineEnd extends Event {

    @Label("Loop")
    String loop = "";

    @Label("Coroutine Id")
    @Description("The number of the coroutine on its loop")
    long coroutineId;

    @Label("Coroutine Name")
    String coroutineName = "";

    @Label("Parent Id")
    @Description("The number of the coroutine with which this one ends; 0 if the loop owns it")
    long parentId;

    @Label("Outcome")
    @Description("returned, failed or cancelled")
    String outcome = "";

    @Label("Failure")
    @Description("The class of the failure, if it has failed")
    String failure = "";
}
