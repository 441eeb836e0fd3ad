package dev.asyncloop.spring.web;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Says once, at start-up, on which carrier the application lives, and who shares its thread.
 */
public final class IOLoopReport implements SmartInitializingSingleton {

    private static final Logger log = LoggerFactory.getLogger(IOLoop.class);

    private final IOLoop loop;

    private final ObjectProvider<ReactorResourceFactory> resources;

    private final boolean webOnLoop;

    /** Makes a report on this loop; {@code webOnLoop} says whether server and clients are meant to live on it. */
    public IOLoopReport(IOLoop loop, ObjectProvider<ReactorResourceFactory> resources, boolean webOnLoop) {
        this.loop = loop;
        this.resources = resources;
        this.webOnLoop = webOnLoop;
    }

    @Override
    public void afterSingletonsInstantiated() {
        boolean shared = isShared();
        log.info("{} runs on the {} ({}); {}{}", loop.name(), carrier(), loop.transport(), sharing(shared), faster());
        if (webOnLoop && !shared) {
            log.warn(
                    "Another ReactorResourceFactory bean keeps the web server and the HTTP clients off the loop: handlers"
                            + " still run on '{}', at the price of a change of threads. Remove that bean, give it `new"
                            + " IOLoopResources(loop)`, or set ioloop.web.enabled=false",
                    loop.name());
        }
    }

    private boolean isShared() {
        ReactorResourceFactory factory = resources.getIfUnique();
        return factory != null
                && !factory.isUseGlobalResources()
                && factory.getLoopResources() instanceof IOLoopResources own
                && own.loop() == loop;
    }

    private String carrier() {
        return loop.carrier() == Carrier.EVENT_LOOP ? "event-loop carrier" : "JDK carrier";
    }

    private String sharing(boolean shared) {
        if (!shared) {
            return "the web server keeps its own event loops";
        }
        return loop.carrier() == Carrier.EVENT_LOOP
                ? "the web server, the HTTP clients and all coroutines share this one thread"
                : "the web server and the HTTP clients share its one event loop thread, coroutines run beside it, one at a time";
    }

    private String faster() {
        return loop.carrier() == Carrier.EVENT_LOOP
                ? ""
                : ". Faster with `Add-Opens: java.base/java.lang` in the jar's manifest, or the JVM option"
                        + " --add-opens java.base/java.lang=ALL-UNNAMED";
    }
}
