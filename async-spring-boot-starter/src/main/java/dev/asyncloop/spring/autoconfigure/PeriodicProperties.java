package dev.asyncloop.spring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of periodic callbacks.
 */
@ConfigurationProperties("ioloop.periodic")
public class PeriodicProperties {

    /** Whether the @Periodic methods of beans run. */
    private boolean enabled = true;

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }
}
