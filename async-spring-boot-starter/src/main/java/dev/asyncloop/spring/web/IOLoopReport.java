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

    private final boolean meantToShare;

    private final boolean server;

    /**
     * Makes a report on this loop.
     * @param meantToShare whether server and clients are meant to live on the loop
     * @param server whether the application has a web server
     */
    public IOLoopReport(
            IOLoop loop, ObjectProvider<ReactorResourceFactory> resources, boolean meantToShare, boolean server) {
        this.loop = loop;
        this.resources = resources;
        this.meantToShare = meantToShare;
        this.server = server;
    }

    @Override
    public void afterSingletonsInstantiated() {
        boolean shared = isShared();
        log.info("{} runs on the {} ({}); {}{}", loop.name(), carrier(), loop.transport(), sharing(shared), faster());
        if (meantToShare && !shared) {
            log.warn(
                    "Another ReactorResourceFactory bean keeps {} off the loop: coroutines still run on '{}', at the price"
                            + " of a change of threads. Remove that bean, give it `new IOLoopResources(loop)`, or set"
                            + " ioloop.web.enabled=false",
                    server ? "the web server and the HTTP clients" : "the HTTP clients",
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
            return server ? "the web server keeps its own event loops" : "the HTTP clients keep their own event loops";
        }
        String others = server ? "the web server, the HTTP clients" : "the HTTP clients";
        return loop.carrier() == Carrier.EVENT_LOOP
                ? others + " and all coroutines share this one thread"
                : others.replace(", ", " and ")
                        + " share its one event loop thread, coroutines run beside it, one at a time";
    }

    /** Where the JVM has the option already, another carrier was asked for, or the loop has warned of what is amiss. */
    private String faster() {
        return loop.carrier() == Carrier.EVENT_LOOP || hasOption()
                ? ""
                : ". Faster with `Add-Opens: java.base/java.lang` in the jar's manifest, or the JVM option"
                        + " --add-opens java.base/java.lang=ALL-UNNAMED";
    }

    private static boolean hasOption() {
        return Thread.class.getModule().isOpen(Thread.class.getPackageName(), IOLoop.class.getModule());
    }
}
