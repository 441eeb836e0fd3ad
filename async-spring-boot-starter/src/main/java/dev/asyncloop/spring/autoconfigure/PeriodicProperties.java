package dev.asyncloop.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of periodic callbacks.
 */
@ConfigurationProperties("ioloop.periodic")
public class PeriodicProperties {

    /** Whether the @Periodic methods of beans run. */
    private boolean enabled = true;

    /**
     * What replaces attributes of single @Periodic methods: the name of the method's task, a dot, and one of every, delay, cron,
     * zone, initial-delay, jitter, timeout and enabled.
     */
    private Map<String, String> tasks = new LinkedHashMap<>();

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public Map<String, String> getTasks() {
        return tasks;
    }

    public void setTasks(Map<String, String> tasks) {
        this.tasks = tasks;
    }
}
