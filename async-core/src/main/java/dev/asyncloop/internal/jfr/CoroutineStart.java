package dev.asyncloop.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A coroutine was started; in the thread, and with the stack, of who has started it. */
@Name("dev.asyncloop.CoroutineStart")
@Label("Coroutine Start")
@Description("A coroutine stands in its loop's line for the first time; the stack is that of who has started it")
@Category({"Async Loop"})
@Enabled(false)
final class CoroutineStart extends Event {

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
}
