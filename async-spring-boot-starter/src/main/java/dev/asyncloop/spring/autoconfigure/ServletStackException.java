package dev.asyncloop.spring.autoconfigure;

/** Spring MVC has taken over an application that is meant to live on a loop; stops the start. */
final class ServletStackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ServletStackException() {
        super(
                "This application has become a servlet application, because Spring MVC is on its class path: its handlers would"
                        + " run on the servlet container's threads and not on the IOLoop");
    }
}
