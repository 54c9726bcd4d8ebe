//! Runs effects on threads.
