package dev.asyncloop.demo;

/** The same in a JVM without the flag of the event-loop carrier. */
@BoardTest
class LiveApiNoFlagTest extends LiveApiTest {}
