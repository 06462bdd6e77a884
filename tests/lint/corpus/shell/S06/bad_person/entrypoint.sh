#!/bin/bash
service mysql start
/bin/bash
