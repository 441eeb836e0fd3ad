package dev.asyncloop.demo;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/**
 * Refuses what the pages of others send here: a browser lets them post a text or a form without asking. WebSockets have
 * the same check from the start. Programs say no origin and are let in.
 */
@Configuration(proxyBeanMethods = false)
class SameOriginOnly implements WebFluxConfigurer {

    @Override
    public void addCorsMappings(CorsRegistry registry) {
        registry.addMapping("/**").allowedOrigins(); // none
    }
}
