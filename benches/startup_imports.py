"""Imports that a command-line tool has, and hardly anything else."""

import argparse
import collections
import dataclasses
import datetime
import json
import logging
import pathlib
import re
import subprocess
import typing
import urllib.request

names = [argparse, collections, dataclasses, datetime, json, logging, pathlib, re, subprocess, typing, urllib.request]
print(len(names), argparse.ArgumentParser(prog="x").format_usage().strip())
